"""What our reader of scripts makes of what others get wrong, beside two of them."""
