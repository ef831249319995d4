"""What a study asks and what it answers: comparison, sweep, sensitivity, targets, crossover, calibration, portfolios."""
