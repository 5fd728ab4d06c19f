package job

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/vmfork/terraform-provider-vmfork/internal/apierr"
	"github.com/vmfork/terraform-provider-vmfork/internal/httpapi"
	"github.com/vmfork/terraform-provider-vmfork/internal/zstack/conn"
)

// MaxClones is how many names one call has at most, so that its job ends well within the usual timeouts.
const MaxClones = 50

// Strategy is what state a clone ends in.
type Strategy string

// CloneSpec says what to clone and how (CloneVmInstance). Only SourceUUID and Name are required. Specs that differ in nothing
// but the name may share a call.
type CloneSpec struct {
	SourceUUID string   `json:"-"`
	Name       string   `json:"-"`
	Strategy   Strategy `json:"strategy,omitempty"` // empty leaves it to the platform, which takes InstantStart
	Full       bool     `json:"full"`               // clones the data volumes too; since ZStack 2.5.0
	SystemTags []string `json:"-"`
	UserTags   []string `json:"-"`

	RootVolumeSystemTags            []string `json:"rootVolumeSystemTags,omitempty"`
	DataVolumeSystemTags            []string `json:"dataVolumeSystemTags,omitempty"`
	PrimaryStorageUUIDForRootVolume string   `json:"primaryStorageUuidForRootVolume,omitempty"` // since about ZStack 3.2
	PrimaryStorageUUIDForDataVolume string   `json:"primaryStorageUuidForDataVolume,omitempty"`
	ClusterUUID                     string   `json:"clusterUuid,omitempty"`
	HostUUID                        string   `json:"hostUuid,omitempty"` // since about ZStack 4.7

	// NICs are all network interfaces of the clone; nil leaves them to the platform, which takes those of the source. Since about ZStack 5.1.
	NICs []NICParam `json:"vmNicParams,omitempty"`
}

// NICParam is one network interface (VmNicParam). An empty address is for ZStack to choose.
type NICParam struct {
	L3NetworkUUID string `json:"l3NetworkUuid"`
	IP            string `json:"ip,omitempty"`
	MAC           string `json:"mac,omitempty"`
	IsDefault     bool   `json:"isDefaultNic,omitempty"`
}

// alone reports whether a call can make one VM only, since it names addresses, which no two VMs can share.
func (s CloneSpec) alone() bool {
	return slices.ContainsFunc(s.NICs, func(nic NICParam) bool { return nic.IP != "" || nic.MAC != "" })
}

// CloneBody is the request as ZStack wants it (CloneVmInstance).
type CloneBody struct {
	Clone struct {
		Names []string `json:"names"`
		CloneSpec
	} `json:"cloneVmInstance"`
	SystemTags []string `json:"systemTags,omitempty"`
	UserTags   []string `json:"userTags,omitempty"`
}

// newCloneBody returns the request without its names. Tags are sets, so their order does not tell calls apart.
func newCloneBody(spec CloneSpec) CloneBody {
	for _, tags := range []*[]string{&spec.SystemTags, &spec.UserTags, &spec.RootVolumeSystemTags, &spec.DataVolumeSystemTags} {
		*tags = slices.Compact(slices.Sorted(slices.Values(*tags)))
	}
	body := CloneBody{SystemTags: spec.SystemTags, UserTags: spec.UserTags}
	body.Clone.CloneSpec = spec

	return body
}

// cloneCall is one CloneVmInstance that several callers share. The lock of [Jobs] guards its fields.
type cloneCall struct {
	body     CloneBody     // its names may change until the call has a job
	full     chan struct{} // closed when the call takes no more names
	answered chan struct{} // closed when it is known what became of the request
	refused  error         // valid then
	waiting  int           // callers
	job      *Job          // set when the request is about to be sent
	abandon  func()        // ends the attempts at sending
}

// Clone asks for one clone (CloneVmInstance, r without its body). Clones that are asked for within the same window, with equal
// settings but distinct names, share one call. It returns the job and the names of the call. Its error is a refusal: nothing
// was made. A caller whose ctx ends before the call is sent is left out of it; later it gets the job, so that the job is known.
func (s *Jobs) Clone(ctx context.Context, r conn.Request, spec CloneSpec) (*Job, []string, error) {
	r.Effect = httpapi.Changes
	if ctx.Err() != nil {
		return nil, nil, r.Interrupted(ctx, nil)
	}
	call := s.join(ctx, r, newCloneBody(spec), spec.Name)
	if call == nil {
		return nil, nil, r.Error(apierr.Cancelled, apierr.CodeInterrupted).Wrap(httpapi.ErrClosed)
	}
	select {
	case <-call.answered:
	case <-ctx.Done():
	}
	if !s.leave(call, spec.Name) {
		return nil, nil, r.Interrupted(ctx, nil)
	}
	select {
	case <-call.answered:
		if call.refused != nil {
			return nil, nil, failureOf(r.Call, call.refused)
		}
	default:
	}

	return call.job, call.body.Clone.Names, nil
}

// join adds a name to the call with these settings that still takes names and has no such name, or to a new one. It returns nil
// when the client is closed.
func (s *Jobs) join(ctx context.Context, r conn.Request, settings CloneBody, name string) *cloneCall {
	text, _ := json.Marshal([]any{r.Path, settings}) // strings and booleans: it never fails
	key := string(text)
	s.mu.Lock()
	defer s.mu.Unlock()
	call := s.calls[key]
	if call != nil && slices.Contains(call.body.Clone.Names, name) {
		s.fill(key, call)
		call = nil
	}
	if call == nil {
		call = &cloneCall{body: settings, full: make(chan struct{}), answered: make(chan struct{})}
		if !s.conn.Life.Run(ctx, func(ctx context.Context) { s.serve(ctx, key, call, r) }) {
			return nil
		}
		s.calls[key] = call
	}
	call.waiting++
	call.body.Clone.Names = append(call.body.Clone.Names, name)
	if len(call.body.Clone.Names) == MaxClones || settings.Clone.alone() {
		s.fill(key, call)
	}

	return call
}

// fill closes a call to further names. It is called with the lock held.
func (s *Jobs) fill(key string, call *cloneCall) {
	if s.calls[key] == call {
		delete(s.calls, key)
		close(call.full)
	}
}

// serve waits for further names until the window of the call ends and sends the call, unless all callers have left.
func (s *Jobs) serve(ctx context.Context, key string, call *cloneCall, r conn.Request) {
	defer close(call.answered)
	window := time.NewTimer(CloneWindow)
	defer window.Stop()
	select {
	case <-window.C:
	case <-call.full:
	case <-ctx.Done():
	}
	bounded, cancel := context.WithTimeout(ctx, sendLimit)
	defer cancel()
	s.mu.Lock()
	s.fill(key, call)
	if len(call.body.Clone.Names) > 0 {
		slices.Sort(call.body.Clone.Names) // the request does not depend on the order in which the names came
		r.In = call.body
		call.job, call.abandon = s.New(r), cancel
	}
	s.mu.Unlock()
	if call.job != nil {
		call.refused = call.job.Send(bounded, 0)
	}
}

// leave ends a caller's wait. It takes the name out of a call that is not sent yet, and else reports true; when the last caller
// leaves, the attempts at sending end.
func (s *Jobs) leave(call *cloneCall, name string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	call.waiting--
	switch {
	case call.job == nil:
		call.body.Clone.Names = slices.DeleteFunc(call.body.Clone.Names, func(n string) bool { return n == name })

		return false
	case call.waiting == 0:
		call.abandon()
	}

	return true
}
