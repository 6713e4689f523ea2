import { lazy, Suspense } from "react";

import { Modal } from "../../../components/modal.tsx";
import { Skeleton } from "../../../components/skeleton.tsx";

export const VerifySnippets = lazy(() => import("./verify-snippets.tsx"));

/** Shows how to verify a signature. */
export function VerifyDialog({ onClose }: { onClose: () => void }) {
  return (
    <Modal title="Verify that a request is ours" focus=".icon-button" onClose={onClose} wide>
      <div className="form">
        <Suspense fallback={<Skeleton width="l" />}>
          <VerifySnippets />
        </Suspense>
      </div>
    </Modal>
  );
}
