"""What the canvas costs in a browser, beside Svelte Flow by itself and ComfyUI's own front end."""
