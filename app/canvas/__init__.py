"""The network canvas: payload, component, exports."""
