"""What is true of sums, taxes, numbers of documents and statements of banks, whoever asks: plain Python."""
