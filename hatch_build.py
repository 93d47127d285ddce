from hatchling.builders.hooks.plugin.interface import BuildHookInterface
class FrontendHook(BuildHookInterface):
    PLUGIN_NAME = "custom"
