package main

import "testing"

func TestLogWanted(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name        string
		environment []string
		want        bool
	}{
		{"nothing", nil, false},
		{"nothing about logs", []string{"HOME=/", "TF_IN_AUTOMATION=1"}, false},
		{"unset", []string{"TF_LOG="}, false},
		{"everything", []string{"HOME=/", "TF_LOG=TRACE"}, true},
		{"providers", []string{"TF_LOG_PROVIDER=debug"}, true},
		{"the SDK", []string{"TF_LOG_SDK_FRAMEWORK=warn"}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if got := logWanted(tt.environment); got != tt.want {
				t.Errorf("wanted: %t", got)
			}
		})
	}
}
