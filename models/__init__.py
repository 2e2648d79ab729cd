"""The pose network: parts, targets, data sets, training, evaluation. Needs the extra `train`."""
