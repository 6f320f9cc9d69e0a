"""Property tests: a small sample, the same each time; `--hypothesis-profile=prove` draws many and always others."""

from hypothesis import HealthCheck, settings

calm = settings(database=None, deadline=None, suppress_health_check=list(HealthCheck))
settings.register_profile("sample", calm, derandomize=True, max_examples=60)
settings.register_profile("prove", calm, max_examples=3000)
settings.load_profile("sample")
