import { DEFAULT_BUTTON_VARIANT } from "../defaults.ts";
import type { About } from "../shared/about.ts";
import { BUTTON_VARIANTS } from "./crowd-button.ts";

export const about: About = {
  tag: "crowd-button",
  kind: "control",
  summary: "A button; it acts on the form only if `form-action` says so.",
  attributes: {
    "form-action": "What a press does to the `crowd-form` around it; nothing without it.",
    variant: "The look; `icon` shows no text.",
    disabled: "It can't be pressed.",
    loading: "Busy: shows that something is under way, and can't be pressed.",
    href: "Where a press leads, as a link.",
    target: "The frame that `href` opens in.",
    icon: "The name of an icon beside the text.",
    "icon-align": "The side of the text where the icon stands.",
    "icon-url": "The URL of a picture in place of `icon`.",
  },
  values: {
    "form-action": ["submit", "reset"],
    variant: BUTTON_VARIANTS,
    "icon-align": ["left", "right"],
  },
  defaults: { variant: DEFAULT_BUTTON_VARIANT, "icon-align": "left" },
  content: "The text.",
  events: { click: "It has been pressed." },
  members: { "click()": "As a press; follows `href` too." },
  stories: [
    {
      title: "Variants",
      html: `<crowd-button variant="primary">Play</crowd-button>
<crowd-button>Skip</crowd-button>
<crowd-button icon="star">Favorite</crowd-button>
<crowd-button icon="arrow-forward" icon-align="right">Next</crowd-button>
<crowd-button variant="link">How is this used?</crowd-button>
<crowd-button variant="icon" icon="delete" title="Delete"></crowd-button>
<crowd-button loading>Loading</crowd-button>
<crowd-button disabled>Closed</crowd-button>`,
    },
    {
      title: "Submit and reset in the template's own place",
      html: `<p>Tempo <crowd-input name="tempo" label="Beats per minute" value="96"></crowd-input></p>
<crowd-button form-action="submit" variant="primary">Done</crowd-button>
<crowd-button form-action="reset">Start over</crowd-button>`,
    },
  ],
};
