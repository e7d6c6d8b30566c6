import { Unbuilt } from "../unbuilt.tsx";

export default function Versions() {
  return <Unbuilt />;
}
