"""What surrounds every page: the sheet, the banner, words, symbols, the reader's zone."""
