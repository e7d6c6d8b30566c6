import { type Resource, resourceFromAttributes } from "@opentelemetry/resources";
import { keepAttributes } from "@rollcall/schemas";
import type { Internals } from "../internals.ts";

/**
 * The resource without what describes the machine: the allow-list, the app's name and version as the
 * client knows them, and the install's id. One object per resource of the SDK and install, because
 * the serializer groups by identity.
 */
export function createResourceReducer(internals: Internals): (resource: Resource) => Resource {
  let known = new WeakMap<Resource, Resource>();
  let installId = "";
  return (resource) => {
    const id = internals.installId();
    if (id !== installId) known = new WeakMap();
    installId = id;
    const found = known.get(resource);
    if (found !== undefined) return found;
    const reduced = resourceFromAttributes({
      ...keepAttributes("resource", resource.attributes),
      "service.name": internals.app,
      "service.version": internals.version,
      install_id: id,
    });
    known.set(resource, reduced);
    return reduced;
  };
}
