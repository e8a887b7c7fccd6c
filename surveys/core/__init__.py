"""The pure rules of surveys: frozen dataclasses in, values out, no clock, no input or output."""
