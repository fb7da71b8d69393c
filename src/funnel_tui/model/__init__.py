"""What every layer speaks: canonical records, derived facts, periods and metric values. No I/O."""
