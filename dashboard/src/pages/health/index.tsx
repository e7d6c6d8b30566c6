import { Unbuilt } from "../unbuilt.tsx";

export default function Health() {
  return <Unbuilt />;
}
