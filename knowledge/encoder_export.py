"""Set-up work: the official MiniLM weights exported once to int8 ONNX, so that queries never import torch.

Per-channel int8 keeps a cosine of 0.99 to the original vectors (per-tensor only 0.94; docs/LOG.md), loads in
half a second and encodes a query in about 2 ms instead of 17-60 ms.
"""

import hashlib
import os
import shutil
import tempfile
import warnings
from pathlib import Path

from knowledge.storage import replace_folder

OPSET = 17


def export_onnx(model_folder: Path, target: Path) -> None:
    """Write `model.onnx` (int8, per channel), its `sha256` and `tokenizer.json` into `target`, whole or not at all.

    The graph takes `input_ids` and `attention_mask` (int64, batch x tokens) and gives `token_vectors`
    (float32, batch x tokens x size), before pooling.
    """
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch  # noqa: PLC0415  seconds to import, and needed at set-up alone
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415
    from transformers import AutoModel  # noqa: PLC0415

    class TokenVectors(torch.nn.Module):
        def __init__(self, model: torch.nn.Module) -> None:
            super().__init__()
            self.model = model

        def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> torch.Tensor:
            vectors: torch.Tensor = self.model(input_ids=input_ids, attention_mask=attention_mask)[0]
            return vectors

    model = AutoModel.from_pretrained(model_folder, local_files_only=True, attn_implementation="eager").eval()
    target.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=".export-", dir=target.parent))
    try:
        batch = torch.ones(2, 8, dtype=torch.int64)
        axes = {0: "batch", 1: "tokens"}
        with warnings.catch_warnings(), torch.no_grad():
            warnings.simplefilter("ignore")  # the exporter announces its own retirement on every call
            torch.onnx.export(
                TokenVectors(model), (batch, batch), str(work / "full.onnx"), opset_version=OPSET, dynamo=False,
                input_names=["input_ids", "attention_mask"], output_names=["token_vectors"],
                dynamic_axes={"input_ids": axes, "attention_mask": axes, "token_vectors": axes},
            )  # fmt: skip
        quantize_dynamic(work / "full.onnx", work / "model.onnx", weight_type=QuantType.QInt8, per_channel=True)
        (work / "full.onnx").unlink()
        shutil.copyfile(model_folder / "tokenizer.json", work / "tokenizer.json")
        digest = hashlib.sha256((work / "model.onnx").read_bytes()).hexdigest()
        (work / "sha256").write_text(digest, encoding="ascii")
        replace_folder(work, target)
    finally:
        shutil.rmtree(work, ignore_errors=True)
