"""The commands of `goodfaith`, one file each; `backend.__main__` lists them."""
