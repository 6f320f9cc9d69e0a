"""Whether a text can be an address of a network: by its form, and by its checksum where there is one.

Only `encodings` knows the library, which takes a fifth of a second and 22 MB to come in; it does when first needed.
"""
