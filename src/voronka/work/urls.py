"""Addresses of the planner, of tasks, reminders and working hours."""

from django.urls import path

from voronka.work.views import hours, kinds, planner, reminders, task_file, task_page, tasks

app_name = "work"

urlpatterns = [
    path("planner/", planner.planner, name="planner"),
    path("planner/undo", planner.move_undo, name="move-undo"),
    path("planner/tasks/<slug:public_id>/time", planner.task_move, name="task-move"),
    path("planner/tasks/<slug:public_id>/open", planner.task_open, name="task-open"),
    path("planner/take/<slug:public_id>/", planner.planner_take, name="planner-take"),
    path("tasks/", tasks.task_list, name="tasks"),
    path("tasks/export.<slug:code>", task_file.task_export, name="task-export"),
    path("tasks/quick", tasks.task_quick, name="task-quick"),
    path("tasks/new/", tasks.task_new, name="task-new"),
    path("tasks/new/parts", tasks.task_parts, name="task-parts"),
    path("tasks/about/<slug:public_id>", tasks.client_tasks, name="client-tasks"),
    path("tasks/<slug:public_id>/", task_page.task, name="task"),
    path("tasks/<slug:public_id>/change/", task_page.task_change, name="task-change"),
    path("tasks/<slug:public_id>/tick", task_page.task_tick, name="task-tick"),
    path("tasks/<slug:public_id>/say", task_page.task_say, name="task-say"),
    path("tasks/<slug:public_id>/files", task_page.task_attach, name="task-attach"),
    path("tasks/<slug:public_id>/files/<slug:file_id>", task_page.task_file, name="task-file"),
    path("tasks/<slug:public_id>/end", task_page.task_end, name="task-end"),
    path("reminders/", reminders.reminders, name="reminders"),
    path("reminders/due", reminders.reminders_due, name="reminders-due"),
    path("reminders/seen", reminders.reminders_settle, name="reminders-settle"),
    path("reminders/habit", reminders.habit, name="habit"),
    path("reminders/devices", reminders.device_add, name="device-add"),
    path("reminders/devices/try", reminders.devices_try, name="devices-try"),
    path("reminders/devices/<slug:public_id>/drop", reminders.device_drop, name="device-drop"),
    path("reminders/<slug:public_id>/settle", reminders.reminder_settle, name="reminder-settle"),
    path("reminders/<slug:public_id>/snooze", reminders.reminder_snooze, name="reminder-snooze"),
    path("settings/tasks/", kinds.kinds, name="kinds"),
    path("settings/tasks/overdue", kinds.overdue, name="overdue"),
    path("settings/tasks/<slug:public_id>/", kinds.kind, name="kind"),
    path("settings/hours/", hours.hours, name="hours"),
    path("settings/hours/day", hours.day_change, name="hours-day"),
    path("settings/hours/leave", hours.leave_add, name="leave-add"),
    path("settings/hours/leave/<slug:public_id>/drop", hours.leave_drop, name="leave-drop"),
    path("settings/hours/holidays", hours.holidays_load, name="holidays-load"),
    path("settings/hours/of/<slug:public_id>/", hours.hours, name="hours-of"),
]
