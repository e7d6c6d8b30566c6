import { Unbuilt } from "../unbuilt.tsx";

export default function Errors() {
  return <Unbuilt />;
}
