"""What a workflow would cost, and how good its labels would be, by simulated workers."""

from truthkit.planning.plan import Estimate, Plan, PlanRow, Price, plan

__all__ = ["Estimate", "Plan", "PlanRow", "Price", "plan"]
