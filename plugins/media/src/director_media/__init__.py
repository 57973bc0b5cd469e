"""Built-in backends on the CPU: animatic, transition, composite, upscale, audio, conform."""
