"""Where recordings are kept: what is known of them in the table, their bytes in S3."""
