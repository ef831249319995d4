"""The pages of ``docs/`` that are made from declarations: model description, parameter reference, governance models."""
