interface LabelParts {
  name?: string | null;
  color?: string | null;
}

/** A label: GitHub gives either its name or an object. */
export const label = (it: string | LabelParts) =>
  typeof it === "string" ? { name: it, color: null } : { name: it.name ?? "", color: it.color ? `#${it.color}` : null };
