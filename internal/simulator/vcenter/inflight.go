package vcenter

import (
	"context"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/vmware/govmomi/simulator"
	"github.com/vmware/govmomi/vim25/soap"
)

// request is what the front knows of a SOAP request while govmomi works on it.
type request struct {
	done <-chan struct{} // closed when the client went away
	// exclusive says that the front holds the world alone for this request.
	exclusive bool
	// answer is what the dispatcher answered; nil where it was not asked.
	answer soap.HasFault
	// emptied names the parameters that are given as empty texts, where that matters; see noteEmptied.
	emptied map[string]bool
}

// inflight finds the request behind a call from govmomi, whose contexts carry none.
type inflight struct {
	next     atomic.Int64
	requests sync.Map // id → *request
}

type requestKey struct{}

func (f *inflight) add(r *request) string {
	id := strconv.FormatInt(f.next.Add(1), 10)
	f.requests.Store(id, r)

	return id
}

func (f *inflight) remove(id string) { f.requests.Delete(id) }

// cookieSeparator stands between the session's key and the request's id in the cookie that govmomi sees.
const cookieSeparator = '.'

// sessionCookie is where govmomi asks for the session's key: it takes the request's id out of the cookie and leaves the
// request in the context of the call.
func (s *vimAPI) sessionCookie(ctx *simulator.Context) string {
	cookie := simulator.HTTPCookie(ctx)
	separator := strings.LastIndexByte(cookie, cookieSeparator)
	if separator < 0 {
		return cookie
	}
	ctx.Context = s.inventory.lifetime.root()
	if found, ok := s.inflight.requests.Load(cookie[separator+1:]); ok {
		ctx.Context = context.WithValue(ctx.Context, requestKey{}, found)
	}

	return cookie[:separator]
}

func requestOf(ctx context.Context) *request {
	if r, ok := ctx.Value(requestKey{}).(*request); ok {
		return r
	}

	return &request{}
}

// sessionCookieName is the cookie that carries a SOAP session.
const sessionCookieName = soap.SessionCookieName
