"""Plain rules of stock: quantities, costs, buffers."""
