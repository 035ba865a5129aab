#!/usr/bin/env python3
"""Trains the network of this trace and writes what npim import takes.

Needs python3-torch and python3-sklearn, which brings the UCI handwritten digits (8 x 8 pixels, 0 to 16). Writes
digits.onnx, calibrate.npy (training images), images.npy and labels.npy (the test split) beside itself. Then:

    build/npim import traces/digits/digits.onnx --calibrate traces/digits/calibrate.npy -o traces/digits --force
"""
import collections
import pathlib

import numpy
import sklearn.datasets
import sklearn.model_selection
import torch

FOLDER = pathlib.Path(__file__).parent
EPOCHS = 60
NOISE = 0.05  # of the largest activation: analog hardware has some


class Noise(torch.nn.Module):
    """Gaussian noise while training, nothing afterwards."""

    def forward(self, x):
        if not self.training:
            return x
        return x + NOISE * x.detach().abs().max() * torch.randn_like(x)


def network():
    layers = collections.OrderedDict()

    def block(name, before, after):
        layers[name] = torch.nn.Conv2d(before, after, 3, padding=1, bias=False)
        layers[name + "_norm"] = torch.nn.BatchNorm2d(after)
        layers[name + "_relu"] = torch.nn.ReLU()
        layers[name + "_noise"] = Noise()

    block("conv1", 1, 16)
    block("conv2", 16, 16)
    layers["pool2"] = torch.nn.MaxPool2d(2)
    block("conv3", 16, 32)
    layers["pool3"] = torch.nn.MaxPool2d(2)
    layers["flatten"] = torch.nn.Flatten()
    layers["digit"] = torch.nn.Linear(32 * 2 * 2, 10)
    return torch.nn.Sequential(layers)


def split():
    digits = sklearn.datasets.load_digits()
    images = digits.images.astype(numpy.float32)[:, None]
    return sklearn.model_selection.train_test_split(
        images, digits.target, test_size=360, random_state=0, stratify=digits.target
    )


def train(model, images, labels):
    images, labels = torch.tensor(images), torch.tensor(labels)
    optimizer = torch.optim.Adam(model.parameters(), lr=2e-3, weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.CosineAnnealingLR(optimizer, EPOCHS)
    model.train()
    for _ in range(EPOCHS):
        for batch in torch.randperm(len(images)).split(64):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(model(images[batch]), labels[batch]).backward()
            optimizer.step()
        schedule.step()
    model.eval()


def main():
    torch.manual_seed(1)
    torch.set_num_threads(1)
    images, test_images, labels, test_labels = split()
    model = network()
    train(model, images, labels)
    with torch.no_grad():
        right = (model(torch.tensor(test_images)).argmax(1).numpy() == test_labels).mean()
    print(f"accuracy on {len(test_labels)} test images: {100 * right:.2f} %")
    # Left to npim: folding the batch normalisation.
    torch.onnx.export(
        model,
        torch.tensor(images[:1]),
        FOLDER / "digits.onnx",
        input_names=["image"],
        output_names=["digit"],
        dynamic_axes={"image": {0: "batch"}, "digit": {0: "batch"}},
        training=torch.onnx.TrainingMode.PRESERVE,
        do_constant_folding=False,
        opset_version=13,
    )
    numpy.save(FOLDER / "calibrate.npy", images[:200].astype(numpy.uint8))
    numpy.save(FOLDER / "images.npy", test_images.astype(numpy.uint8))
    numpy.save(FOLDER / "labels.npy", test_labels.astype(numpy.uint8))


if __name__ == "__main__":
    main()
