"""What is true of people's phones, names, addresses, dates and sums, whoever asks: plain Python."""
