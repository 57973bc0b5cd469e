"""A node for ComfyUI that works in steps, as samplers do: for the tests of the studio's backend."""

import time

from comfy.utils import ProgressBar
from PIL import Image


class DirectorSteps:
    """Gives its picture back after so many steps, each told with a preview."""

    @classmethod
    def INPUT_TYPES(cls):
        return {
            "required": {
                "image": ("IMAGE",),
                "steps": ("INT", {"default": 5, "min": 1, "max": 1000}),
                "seconds": ("FLOAT", {"default": 1.0, "min": 0.0, "max": 600.0}),
                "mark": ("INT", {"default": 0}),
            }
        }

    RETURN_TYPES = ("IMAGE",)
    FUNCTION = "work"
    CATEGORY = "Director"

    def work(self, image, steps, seconds, mark):
        bar = ProgressBar(steps)
        for step in range(steps):
            time.sleep(seconds / steps)
            preview = Image.new("RGB", (64, 36), (255 * step // steps, 120, mark % 256))
            bar.update_absolute(step + 1, steps, ("JPEG", preview, 64))
        return (image,)


NODE_CLASS_MAPPINGS = {"DirectorSteps": DirectorSteps}
