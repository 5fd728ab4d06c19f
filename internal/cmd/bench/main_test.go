package main

import (
	"fmt"
	"testing"
)

func TestParse(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		args []string
		want string // numbers, parallelism, tasks, latency, scenarios, subjects, long
		fail string
	}{
		"nothing": {nil, "[1 10 100 1000] [10 50] [300ms 0s] 20ms 8 [provider floor engine] false", ""},
		"narrow": {
			[]string{"-n", "10", "-latency", "5ms", "-only", "vsphere_clone"}, "[10] [10 50] [300ms] 5ms 1 [provider floor engine] true", "",
		},
		"requests alone": {
			[]string{"-n", "100", "-parallelism", "10", "-subjects", "provider", "-latency", "0", "-methods"}, "[100] [10] [300ms] 0s 8 [provider] false", "",
		},
		"parallelism in order": {
			[]string{"-parallelism", "50, 10", "-tasks", "0,1s"}, "[1 10 100 1000] [10 50] [0s 1s] 20ms 8 [provider floor engine] false", "",
		},
		"no objects":   {[]string{"-n", "0"}, "", "-n: 0 is less than 1"},
		"no scenario":  {[]string{"-only", "vsphere_x"}, "", `-only: "vsphere_x" is none of [vsphere_clone vsphere_clone_template vsphere_ft_secondary vsphere_instant_clone vsphere_instant_clone_sources vsphere_snapshot zstack_clone zstack_snapshot]`},
		"no subject":   {[]string{"-subjects", "me"}, "", `-subjects: "me" is none of [provider floor engine]`},
		"no durations": {[]string{"-tasks", "1"}, "", `-tasks: time: missing unit in duration "1"`},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			chosen, err := parse(test.args)
			if test.fail != "" {
				if err == nil || err.Error() != test.fail {
					t.Errorf("error %v, want %s", err, test.fail)
				}

				return
			}
			s := chosen.settings
			got := fmt.Sprintf("%v %v %v %v %d %v %v", s.Objects, s.Parallelism, s.Tasks, s.Latency, len(s.Scenarios), s.Subjects, s.Long)
			if err != nil || got != test.want {
				t.Errorf("%s, %v, want %s", got, err, test.want)
			}
		})
	}
}
