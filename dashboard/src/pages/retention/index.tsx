import { useChoice } from "../../state/navigation.ts";
import { RetentionCard } from "./retention-card.tsx";

export default function RetentionPage() {
  const [event, setEvent] = useChoice("by", "");
  return (
    <div class="grid">
      <RetentionCard event={event} onEvent={setEvent} />
    </div>
  );
}
