import { useAnnounce } from "./announcer.tsx";
import { explain } from "./problem-notice.tsx";

/** A button for what needs no question: does it, and says beside it if that failed. */
export function QuickAction({
  label,
  name,
  acting,
  said,
  request,
  onAct,
}: {
  label: string;
  /** What the button is called by itself, without the row around it. */
  name: string;
  acting: string;
  /** What is announced when it is done. */
  said: string;
  request: { isPending: boolean; error: Error | null };
  onAct: (options: { onSuccess: () => void; onError: (error: Error) => void }) => void;
}) {
  const announce = useAnnounce();
  return (
    <>
      <button
        type="button"
        className="button"
        aria-label={name}
        aria-disabled={request.isPending}
        onClick={() => {
          if (request.isPending) return;
          onAct({ onSuccess: () => announce(said), onError: (error) => announce(explain(error)) });
        }}
      >
        {request.isPending ? acting : label}
      </button>
      {request.error && <p className="fault">{explain(request.error)}</p>}
    </>
  );
}
