"""What faces a browser and belongs to no domain: errors, security, pages, the studio's facts."""
