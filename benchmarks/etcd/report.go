package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"sort"
	"time"
)

// A result is one figure of one target.
type result struct {
	Series string  `json:"series"`
	Figure string  `json:"figure"`
	Unit   string  `json:"unit"`
	Target string  `json:"target"`
	Value  float64 `json:"value"`
}

type report struct {
	results []result
}

func (r *report) add(series, figure, unit, target string, value float64) {
	r.results = append(r.results, result{series, figure, unit, target, value})
}

// print puts the targets side by side.
func (r *report) print(out io.Writer) {
	fmt.Fprintf(out, "\n%-44s %-22s %14s %14s %9s\n", "", "", "etcd", "meshlog", "ratio")
	seen := map[string]bool{}
	for _, each := range r.results {
		name := each.Series + "|" + each.Figure
		if seen[name] {
			continue
		}
		seen[name] = true
		etcd, hasEtcd := r.value(each, "etcd")
		meshlog, hasMeshlog := r.value(each, "meshlog")
		ratio := ""
		if hasEtcd && hasMeshlog && etcd > 0 {
			ratio = fmt.Sprintf("%.2f", meshlog/etcd)
		}
		fmt.Fprintf(out, "%-44s %-22s %14s %14s %9s\n", each.Series, each.Figure+", "+each.Unit,
			cell(etcd, hasEtcd), cell(meshlog, hasMeshlog), ratio)
	}
}

func cell(value float64, there bool) string {
	switch {
	case !there:
		return "-"
	case value >= 1000:
		return fmt.Sprintf("%.0f", value)
	default:
		return fmt.Sprintf("%.3g", value)
	}
}

func (r *report) value(of result, target string) (float64, bool) {
	for _, each := range r.results {
		if each.Series == of.Series && each.Figure == of.Figure && each.Target == target {
			return each.Value, true
		}
	}
	return 0, false
}

func (r *report) write(path string) error {
	content, err := json.MarshalIndent(r.results, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(content, '\n'), 0o644)
}

// quantile of latencies, in milliseconds; sorts them.
func quantile(latencies []time.Duration, part float64) float64 {
	if len(latencies) == 0 {
		return 0
	}
	sort.Slice(latencies, func(i, j int) bool { return latencies[i] < latencies[j] })
	return float64(latencies[int(part*float64(len(latencies)-1))].Microseconds()) / 1000
}
