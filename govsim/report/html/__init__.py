"""The report: one HTML file about a comparison, readable anywhere, with every number from the comparison's tables."""
