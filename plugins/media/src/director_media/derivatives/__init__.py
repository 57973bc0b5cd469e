"""What a browser shows of media at once: thumbnails, filmstrips, proxies, waveforms."""
