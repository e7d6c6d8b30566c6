import { Unbuilt } from "../unbuilt.tsx";

export default function Funnels() {
  return <Unbuilt />;
}
