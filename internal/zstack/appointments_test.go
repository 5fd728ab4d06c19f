package zstack

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestAppointments(t *testing.T) {
	t.Parallel()
	const ms = time.Millisecond
	type job struct{ comes, due, asked time.Duration } // since the beginning
	tests := []struct {
		name string
		jobs []job
	}{
		{"one alone", []job{{0, 200 * ms, 200 * ms}}},
		{"due already", []job{{10 * ms, 5 * ms, 10 * ms}}},
		{"nearly together", []job{{0, 200 * ms, 212 * ms}, {20 * ms, 206 * ms, 212 * ms}, {50 * ms, 212 * ms, 212 * ms}}},
		{"far apart", []job{{0, 200 * ms, 200 * ms}, {0, 500 * ms, 500 * ms}}},
		{"a quick one does not wait for a slow one", []job{{0, 2000 * ms, 2000 * ms}, {10 * ms, 210 * ms, 210 * ms}}},
		{"nobody waits longer than for one who was due with the first", []job{
			{0, 200 * ms, 212 * ms}, {0, 212 * ms, 212 * ms}, {0, 224 * ms, 224 * ms},
		}},
		{"who comes late is waited for", []job{{0, 200 * ms, 212 * ms}, {190 * ms, 212 * ms, 212 * ms}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var (
					meetings appointments
					group    sync.WaitGroup
				)
				begin := time.Now()
				for i, job := range tt.jobs {
					group.Go(func() {
						<-time.After(job.comes)
						if !meetings.keep(t.Context(), begin.Add(job.due)) {
							t.Errorf("job %d: given up", i)
						}
						if asked := time.Since(begin); asked != job.asked {
							t.Errorf("job %d: asked for after %s, want %s", i, asked, job.asked)
						}
					})
				}
				group.Wait()
				if len(meetings.coming) != 0 {
					t.Errorf("%d still wait", len(meetings.coming))
				}
			})
		})
	}
}

func TestAppointments_givenUp(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		var meetings appointments
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if meetings.keep(ctx, time.Now().Add(time.Minute)) {
			t.Error("kept")
		}
	})
}
