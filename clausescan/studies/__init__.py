"""Studies of quality: whole documents, ablation, learning curve, agreement of two labellings, and the charts of them."""
