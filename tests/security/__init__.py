"""What attackers would try, tried."""
