"""A Stable Diffusion XL pipeline with random weights, in the sizes of SDXL base 1.0 (Podell et al. 2023)."""

from __future__ import annotations

from typing import Any

import torch

from generation.engines.libraries import diffusers, transformers
from generation.engines.tiny_networks import build_pipeline as build_tiny

SEED = 1


def build_pipeline() -> Any:
    """The pipeline on the GPU in bfloat16: 2.6 billion weights in the network, 0.9 in its readers and painters."""
    tiny = build_tiny()  # its tokenizer reads any text
    torch.manual_seed(SEED)
    torch.set_default_dtype(torch.bfloat16)
    try:
        with torch.device("cuda"):
            parts = {
                "unet": _unet(),
                "vae": _autoencoder(),
                "text_encoder": transformers.CLIPTextModel(_reader(768, 12)),
                "text_encoder_2": transformers.CLIPTextModelWithProjection(_reader(1280, 32)),
            }
    finally:
        torch.set_default_dtype(torch.float32)
    return diffusers.StableDiffusionXLPipeline(
        **parts,
        tokenizer=tiny.tokenizer,
        tokenizer_2=tiny.tokenizer,
        scheduler=diffusers.EulerDiscreteScheduler(beta_schedule="scaled_linear", steps_offset=1),
    )


def _unet() -> diffusers.UNet2DConditionModel:
    return diffusers.UNet2DConditionModel(
        sample_size=128,
        block_out_channels=(320, 640, 1280),
        attention_head_dim=(5, 10, 20),
        down_block_types=("DownBlock2D", "CrossAttnDownBlock2D", "CrossAttnDownBlock2D"),
        up_block_types=("CrossAttnUpBlock2D", "CrossAttnUpBlock2D", "UpBlock2D"),
        transformer_layers_per_block=(1, 2, 10),
        cross_attention_dim=2048,
        use_linear_projection=True,
        addition_embed_type="text_time",
        addition_time_embed_dim=256,
        projection_class_embeddings_input_dim=2816,
    )


def _autoencoder() -> diffusers.AutoencoderKL:
    return diffusers.AutoencoderKL(
        block_out_channels=(128, 256, 512, 512),
        layers_per_block=2,
        latent_channels=4,
        sample_size=1024,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        force_upcast=False,
        scaling_factor=0.13025,
    )


def _reader(width: int, layers: int) -> transformers.CLIPTextConfig:
    marks = {"bos_token_id": 512, "eos_token_id": 513, "pad_token_id": 513}
    return transformers.CLIPTextConfig(
        vocab_size=49408,
        hidden_size=width,
        intermediate_size=4 * width,
        num_hidden_layers=layers,
        num_attention_heads=width // 64,
        projection_dim=1280 if width == 1280 else 768,
        hidden_act="gelu",
        **marks,
    )
