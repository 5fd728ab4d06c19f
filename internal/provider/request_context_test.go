package provider

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
)

type valueKey struct{}

// retainingServer keeps the contexts of its requests, as the framework's server does.
type retainingServer struct {
	frameworkServer

	kept  []context.Context
	value any // of the last request, read while it was served
}

func (s *retainingServer) ConfigureProvider(
	context.Context, *tfprotov6.ConfigureProviderRequest,
) (*tfprotov6.ConfigureProviderResponse, error) {
	return &tfprotov6.ConfigureProviderResponse{}, nil
}

func (s *retainingServer) ReadResource(ctx context.Context, _ *tfprotov6.ReadResourceRequest) (*tfprotov6.ReadResourceResponse, error) {
	registered, cancel := context.WithCancel(ctx)
	s.kept = append(s.kept, registered)
	s.value = ctx.Value(valueKey{}).(*[1 << 16]byte)[0]
	_ = cancel

	return &tfprotov6.ReadResourceResponse{}, nil
}

func TestServer_releasesContexts(t *testing.T) {
	t.Parallel()
	framework := &retainingServer{}
	server := &contextReleasingServer{frameworkServer: framework}
	configured := context.WithValue(t.Context(), valueKey{}, "the provider's")
	if _, err := server.ConfigureProvider(configured, nil); err != nil {
		t.Fatal(err)
	}
	gone := make(chan struct{})
	func() {
		heavy := &[1 << 16]byte{7}
		runtime.AddCleanup(heavy, func(gone chan struct{}) { close(gone) }, gone)
		ctx, cancel := context.WithCancel(context.WithValue(t.Context(), valueKey{}, heavy))
		defer cancel()
		if _, err := server.ReadResource(ctx, nil); err != nil {
			t.Fatal(err)
		}
		if framework.value != byte(7) || framework.kept[0].Err() != nil {
			t.Errorf("value %v, error %v", framework.value, framework.kept[0].Err())
		}
	}()
	for late := time.After(5 * time.Minute); ; {
		runtime.GC()
		select {
		case <-gone:
			kept := framework.kept[0]
			if !errors.Is(kept.Err(), context.Canceled) || kept.Value(valueKey{}) != "the provider's" {
				t.Errorf("afterwards: error %v, value %v", kept.Err(), kept.Value(valueKey{}))
			}

			return
		case <-late:
			t.Fatal("what a request's context holds was kept")
		default:
			runtime.Gosched()
		}
	}
}

func TestRequestContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	fallback := new(contextValues)
	own := newRequestContext(ctx, fallback)
	child, stop := context.WithCancel(own)
	defer stop()
	if own.Err() != nil || child.Err() != nil || fallback.value(valueKey{}) != nil {
		t.Error("ended before its time")
	}
	own.release()
	if _, limited := own.Deadline(); limited || own.Err() != nil || own.Value(valueKey{}) != nil {
		t.Error("a request that is over is not cancelled by that")
	}
	cancel()
	<-child.Done()
	<-own.Done()
	if !errors.Is(own.Err(), context.Canceled) || !errors.Is(child.Err(), context.Canceled) {
		t.Errorf("cancelled: %v, %v", own.Err(), child.Err())
	}
}
