import { Unbuilt } from "../unbuilt.tsx";

export default function Settings() {
  return <Unbuilt />;
}
