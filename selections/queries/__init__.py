"""What pages and files of a case print; nothing here writes."""
