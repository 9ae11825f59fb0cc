"""Trains, calibrates and exports the networks that Lungfield reads films with.

Films come in as the arrays that ``lungfield prepare`` writes, so that the training, the command line and the browser
see the same pixels. What goes out is an ONNX model and its manifest, which ``lungfield convert`` makes shippable.
"""
