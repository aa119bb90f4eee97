import { Navigate, Outlet, useLocation } from 'react-router';
import { useSession } from '../api/queries';
import { Failure } from '../pages/parts/states';
import { PageShape } from './PageShape';

/** Sends a visitor to the sign-in page, and back to this address afterwards. */
export function RequireUser() {
  const session = useSession();
  const place = useLocation();
  if (session.data?.user) return <Outlet />;
  if (session.data) {
    const next = place.pathname + place.search;
    return <Navigate to={next === '/' ? '/sign-in' : `/sign-in?next=${encodeURIComponent(next)}`} replace />;
  }
  if (session.error) {
    return (
      <main style={{ maxWidth: 560, margin: '96px auto', padding: 16 }}>
        <Failure error={session.error} onRetry={() => void session.refetch()} />
      </main>
    );
  }
  return <PageShape />;
}
