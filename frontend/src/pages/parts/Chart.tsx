import { BoxplotChart, CustomChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts';
import {
  AriaComponent, DataZoomInsideComponent, GridComponent, LegendComponent, MarkAreaComponent, MarkLineComponent,
  TooltipComponent, VisualMapContinuousComponent,
} from 'echarts/components';
import { type ECharts, init, use as register } from 'echarts/core';
import { CanvasRenderer, SVGRenderer } from 'echarts/renderers';
import type { EChartsOption } from 'echarts/types/dist/shared';
import { useEffect, useRef } from 'react';

// Imported by pages with plots alone, so that the chunk stays out of the work queue.
register([
  BoxplotChart, CustomChart, HeatmapChart, LineChart, ScatterChart, GridComponent, TooltipComponent, LegendComponent,
  AriaComponent, DataZoomInsideComponent, MarkAreaComponent, MarkLineComponent, VisualMapContinuousComponent, SVGRenderer,
  CanvasRenderer,
]);

/** A plot as a file, drawn anew at its own size: white ground, and for PNG three pixels to each. */
export const plotFile = (option: EChartsOption, format: 'svg' | 'png', size: { width: number; height: number }): Blob => {
  const made = init(document.createElement('div'), null, {
    renderer: format === 'svg' ? 'svg' : 'canvas',
    ...size,
    devicePixelRatio: 3,
  });
  try {
    made.setOption({ animation: false, backgroundColor: '#ffffff', ...option });
    if (format === 'svg') return new Blob([made.renderToSVGString()], { type: 'image/svg+xml' });
    const bytes = atob(made.getDataURL({ type: 'png', pixelRatio: 3, backgroundColor: '#ffffff' }).split(',')[1] ?? '');
    return new Blob([Uint8Array.from(bytes, (char) => char.charCodeAt(0))], { type: 'image/png' });
  } finally {
    made.dispose();
  }
};

interface ChartProps {
  option: EChartsOption;
  height: number;
  /** What the plot shows, for those who can't see it. */
  label: string;
  /** What a click on a mark is given: the mark's own data. */
  onPick?: (data: unknown) => void;
}

export function Chart({ option, height, label, onPick }: ChartProps) {
  const frame = useRef<HTMLDivElement>(null);
  const chart = useRef<ECharts | null>(null);

  useEffect(() => {
    if (frame.current === null) return;
    const made = init(frame.current, null, { renderer: 'svg' });
    chart.current = made;
    const sizes = new ResizeObserver(() => made.resize());
    sizes.observe(frame.current);
    return () => {
      sizes.disconnect();
      made.dispose();
      chart.current = null;
    };
  }, []);

  useEffect(() => {
    chart.current?.setOption({ animation: false, ...option }, { notMerge: true });
  }, [option]);

  useEffect(() => {
    const made = chart.current;
    if (made === null || onPick === undefined) return;
    const pick = (item: { data?: unknown }) => onPick(item.data);
    made.on('click', pick);
    return () => {
      if (!made.isDisposed()) made.off('click', pick);
    };
  }, [onPick]);

  return <div ref={frame} style={{ height }} role="img" aria-label={label} />;
}
