import { Unbuilt } from "../unbuilt.tsx";

export default function Retention() {
  return <Unbuilt />;
}
