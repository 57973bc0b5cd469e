"""Where the bytes of takes and assets lie: a local folder, or any S3 server."""
