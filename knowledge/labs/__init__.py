"""The computations of the labs: functions of typed inputs that return arrays and numbers. No figures, no texts."""
