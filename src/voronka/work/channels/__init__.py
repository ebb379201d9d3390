"""Ways out of the company that the queue has: the devices of its people."""

from voronka.work.channels import push

__all__ = ["push"]
