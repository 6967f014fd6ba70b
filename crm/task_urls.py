from django.urls import path

from crm.views import mine, tasks

app_name = "tasks"
urlpatterns = [
    path("", mine.show_my_tasks, name="mine"),
    path("team/", tasks.show_team, name="team"),
    path("new/", tasks.open_task, name="new"),
    path("<uuid:task_id>/", tasks.show_task, name="task"),
    path("<uuid:task_id>/<slug:name>/", tasks.act_on_task, name="act"),
]
